package host

import (
	"os"
	"strings"
)

// environment is all that a plugin gets to see, beside what the handshake needs:
// this list and the variables that the operator grants by name.
func environment(granted []string, scratch string) []string {
	env := []string{
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"LANG=C.UTF-8",
		"HOME=" + scratch,
		"TMPDIR=" + scratch,
		"PYTHONDONTWRITEBYTECODE=1", // the copy that runs stays what was locked
		"PYTHONUNBUFFERED=1",
	}
	for _, name := range granted {
		if value, ok := os.LookupEnv(name); ok && !strings.ContainsAny(name, "=\x00") {
			env = append(env, name+"="+value)
		}
	}
	return env
}
