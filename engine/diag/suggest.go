package diag

import "strings"

// Suggest gives the candidate nearest to name, for "did you mean": at most two
// edits away (one for names under four letters), where an edit inserts, drops or
// replaces a letter or swaps two neighbours. A candidate that differs only in
// case always wins. It gives "" when none is near.
func Suggest(name string, candidates []string) string {
	best, bestAway := "", 3
	if len(name) < 4 {
		bestAway = 2
	}
	for _, c := range candidates {
		if strings.EqualFold(c, name) {
			return c
		}
		if away := distance(strings.ToLower(name), strings.ToLower(c)); away < bestAway {
			best, bestAway = c, away
		}
	}
	return best
}

// DidYouMean gives a hint sentence for [Suggest], or otherwise when nothing is near.
func DidYouMean(name string, candidates []string, otherwise string) string {
	if s := Suggest(name, candidates); s != "" {
		return `did you mean "` + s + `"?`
	}
	return otherwise
}

// distance is the optimal string alignment distance of a and b in bytes.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
