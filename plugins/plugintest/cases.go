package plugintest

// Cases are all cases, in the order in which they run.
func Cases() []Case {
	return []Case{
		{Name: "describe", Promise: "describe prints a valid card, the same every time", run: describes},
		{Name: "cookie", Promise: "without the cookie it serves nobody, and says so", run: wantsCookie},
		{Name: "version", Promise: "it offers only protocols that it speaks", run: offersVersions},
		{Name: "start", Promise: "it starts within 10 seconds, and Describe says what describe prints", run: starts},
		{Name: "configure", Promise: "Configure refuses a key that it does not know", run: configures},
		{Name: "params", Promise: "the examples of a params schema fit it, and Validate has nothing against them", without: noParams, run: takesExamples},
		{Name: "unknown-param", Promise: "an unknown param is refused by its name, and the process goes on", without: noEncoders, run: refusesParams},
		{Name: "unknown-encoder", Promise: "an encoder that is not there is refused, and the process goes on", without: noEncoders, run: refusesEncoder},
		{Name: "pictures", Promise: "every picture that it declares comes out whole: formats, spaces, alpha, one pixel, long edges, padded rows, frames, profiles", without: noEncoders, run: takesPictures},
		{Name: "hand-over", Promise: "pixels may come as strips and, with file_handoff, by file", without: noEncoders, run: takesBoth},
		{Name: "deterministic", Promise: "the same call gives the same bytes, in another process too", without: notDeterministic, run: repeats},
		{Name: "concurrent", Promise: "calls at the same time give what they give alone", without: notConcurrent, run: parallel},
		{Name: "half-a-picture", Promise: "when the host stops sending rows the call fails, and the process goes on", without: noEncoders, run: survivesStop},
		{Name: "file-names", Promise: "a file name that leads out of the scratch folder is refused", without: noFiles, run: refusesPaths},
		{Name: "cancel", Promise: "a call that is cancelled stops working within 250 ms", without: notCancelling, run: stops},
		{Name: "macros", Promise: "macros expand within a second, the same every time, into at most 64 KiB of commands", without: noMacros, run: expands},
		{Name: "unknown-macro", Promise: "a macro that is not there is NOT_FOUND", without: noMacros, run: refusesMacro},
		{Name: "growth", Promise: "many calls leave its memory as it was", run: staysSmall},
		{Name: "network", Promise: "it opens no network sockets unless it declares network", without: networked, run: staysLocal},
		{Name: "shutdown", Promise: "Shutdown ends it with status 0 within 2 seconds, and nothing of it stays", run: shutsDown},
		{Name: "killed", Promise: "after SIGKILL it starts again", run: restarts},
	}
}

func noEncoders(k *kit) string {
	if len(k.card.GetEncoders()) == 0 {
		return "it has no encoders"
	}
	return ""
}

func noMacros(k *kit) string {
	if len(k.card.GetMacros()) == 0 {
		return "it has no macros"
	}
	return ""
}

func noParams(k *kit) string {
	for _, e := range k.card.GetEncoders() {
		if e.GetParamsSchema() != "" {
			return ""
		}
	}
	return "its encoders take no params"
}

func noFiles(k *kit) string {
	if why := noEncoders(k); why != "" {
		return why
	}
	return undeclared(k.card.GetCapabilities().GetFileHandoff(), "file_handoff")
}

func notDeterministic(k *kit) string {
	if why := noEncoders(k); why != "" {
		return why
	}
	return undeclared(k.card.GetCapabilities().GetDeterministic(), "deterministic")
}

func notConcurrent(k *kit) string {
	if why := noEncoders(k); why != "" {
		return why
	}
	return undeclared(k.card.GetCapabilities().GetConcurrent(), "concurrent")
}

func notCancelling(k *kit) string {
	if why := noEncoders(k); why != "" {
		return why
	}
	return undeclared(k.card.GetCapabilities().GetCancel(), "cancel")
}

func networked(k *kit) string {
	if k.card.GetCapabilities().GetNetwork() {
		return "it declares network"
	}
	return ""
}

func undeclared(declared bool, capability string) string {
	if declared {
		return ""
	}
	return "it does not declare " + capability
}
