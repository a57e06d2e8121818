package servertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const token = "service-token-7"

// service answers with the records in a file, a JSON array.
type service struct {
	server *httptest.Server
	file   string
}

func startService(t testing.TB) *service {
	t.Helper()
	s := &service{file: filepath.Join(t.TempDir(), "assets.json")}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// ServeHTTP answers one question.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var asked struct{ Handles []string }
	var all []map[string]any
	text, err := os.ReadFile(s.file)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err == nil {
		err = json.NewDecoder(r.Body).Decode(&asked)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	known := slices.DeleteFunc(all, func(record map[string]any) bool {
		handle, _ := record["handle"].(string)
		return !slices.Contains(asked.Handles, handle)
	})
	_ = json.NewEncoder(w).Encode(map[string]any{"assets": append([]map[string]any{}, known...)})
}
