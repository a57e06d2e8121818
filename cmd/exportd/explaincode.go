package main

import (
	"fmt"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// explainedCode is the document of explain CODE --json.
type explainedCode struct {
	Code     diag.Code     `json:"code"`
	Severity diag.Severity `json:"severity"`
	Class    string        `json:"class"`
	// Exit are the exit codes that a command may end with because of it.
	Exit  []int  `json:"exit"`
	Title string `json:"title"`
	Mend  string `json:"mend"`
}

// explainCode prints what a code means.
func (a *app) explainCode(name string, asJSON bool) error {
	code := diag.Code(strings.ToUpper(name))
	if !code.Known() {
		return unknownCode(name)
	}
	e := code.Entry()
	doc := explainedCode{Code: code, Severity: code.Severity(), Class: e.Class.String(), Title: e.Title, Mend: e.Mend}
	var ends string
	doc.Exit, ends = exits(e)
	if asJSON {
		return printJSON(a.stdout, doc)
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n  kind: %s, about the %s\n  exit: %s\n  mend: %s\n", code, e.Title, doc.Severity, about(e.Class), ends, e.Mend)
	return err
}

func about(c diag.Class) string {
	switch c {
	case diag.Input:
		return "input: a job, a pipeline, a configuration or a command line"
	case diag.Environment:
		return "environment: the machine or the network"
	case diag.Asset:
		return "asset: the others go on"
	}
	return "program itself"
}

// exits says what a code does to the exit code (DESIGN 9).
func exits(e diag.Entry) ([]int, string) {
	switch {
	case e.Code.Severity() != diag.Error:
		return []int{0}, "0, it does not change the exit code"
	case e.Class == diag.Asset:
		return []int{4, 1}, "4 when other assets were exported, 1 when none was"
	}
	return []int{e.Class.Exit()}, fmt.Sprint(e.Class.Exit())
}

func unknownCode(name string) error {
	var names []string
	for _, e := range diag.Codes() {
		names = append(names, string(e.Code))
	}
	return diag.New(diag.Usage, "exportd has no code %q", name).
		WithHint("%s", diag.DidYouMean(name, names, "codes look like E-ASSET-UNKNOWN; the README lists those of assets"))
}
