package resolve

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// text takes what databases and JSON give for a text; NULL is none.
func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case json.Number:
		return v.String(), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time: // of a column such as "changed", taken as an ETag
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("it is no text but %s", kindOf(v))
}

// number takes a number, or a text that is one; NULL is 0.
func number(v any) (float64, error) {
	s, err := text(v)
	if s = strings.TrimSpace(s); err != nil || s == "" {
		return 0, err
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, fmt.Errorf("%q is no number", cut(s))
	}
	return f, nil
}

// whole64 takes a number of bytes; NULL is -1, for unknown.
func whole64(v any) (int64, error) {
	s, err := text(v)
	if s = strings.TrimSpace(s); err != nil || s == "" {
		return -1, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return -1, fmt.Errorf("%q is no number of bytes", cut(s))
	}
	return n, nil
}

// list takes a list of texts: an array of JSON or of PostgreSQL, a text that
// holds one, or texts between commas. NULL is none.
func list(v any) ([]string, error) {
	if items, ok := v.([]any); ok {
		return texts(items)
	}
	s, err := text(v)
	s = strings.TrimSpace(s)
	switch {
	case err != nil || s == "":
		return nil, err
	case s[0] == '[':
		var items []any
		if err := json.Unmarshal([]byte(s), &items); err != nil {
			return nil, fmt.Errorf("%q is no list: %w", cut(s), err)
		}
		return texts(items)
	case s[0] == '{':
		return pgArray(s)
	}
	var out []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out, nil
}

func texts(items []any) ([]string, error) {
	var out []string
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("an item of the list is no text but %s", kindOf(item))
		}
		out = append(out, s)
	}
	return out, nil
}

// pgArray reads a one-dimensional array as PostgreSQL writes it: items in quotes
// where they must be, NULL for none.
func pgArray(s string) ([]string, error) {
	bad := fmt.Errorf("%q is no list", cut(s))
	if !strings.HasSuffix(s, "}") || len(s) < 2 {
		return nil, bad
	}
	rest := s[1 : len(s)-1]
	var out []string
	for rest != "" {
		item, after, quoted, ok := pgItem(rest)
		if !ok {
			return nil, bad
		}
		if quoted || !strings.EqualFold(item, "NULL") {
			out = append(out, item)
		}
		if after == "" {
			break
		}
		if rest = after[1:]; after[0] != ',' || rest == "" {
			return nil, bad
		}
	}
	return out, nil
}

// pgItem takes one item off the front.
func pgItem(s string) (item, rest string, quoted, ok bool) {
	if s[0] != '"' {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		item = strings.TrimSpace(s[:end])
		return item, s[end:], false, item != "" && !strings.ContainsAny(item, `{}"\`)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true, true
		case '\\':
			if i++; i == len(s) {
				return "", "", true, false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", true, false
}

// kindOf names the type of a value for a message.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case json.Number, float64, int64:
		return "a number"
	}
	return fmt.Sprintf("a %T", v)
}

func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
