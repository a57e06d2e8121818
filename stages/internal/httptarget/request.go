package httptarget

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"github.com/exportd/exportd/engine/secret"
)

// request makes the request that carries a file.
func (t *Target) request(ctx context.Context, b body, content io.Reader) (*http.Request, error) {
	method := http.MethodPut
	if t.cfg.Hook {
		method = http.MethodPost
	}
	if b.size == 0 {
		content = http.NoBody
	}
	r, err := http.NewRequestWithContext(ctx, method, t.place(b.name).String(), content)
	if err != nil {
		return nil, err
	}
	r.ContentLength = b.size
	r.GetBody = b.open // for redirects
	sum, err := hex.DecodeString(b.sha256)
	if err != nil {
		return nil, fmt.Errorf("the sum of %s: %w", b.name, err)
	}
	name := (&url.URL{Path: b.name}).EscapedPath()
	kind := mime.TypeByExtension(path.Ext(b.name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	r.Header.Set("Idempotency-Key", t.cfg.Job+"/"+name+"/"+b.sha256)
	r.Header.Set("Exportd-Name", name)
	r.Header.Set("User-Agent", "exportd")
	if !t.cfg.Hook && !b.overwrite {
		r.Header.Set("If-None-Match", "*")
	}
	if !t.signing.Empty() {
		r.Header.Set("Exportd-Signature", sign(t.signing, t.now().Unix(), method, r.URL.EscapedPath(), name, b.sha256))
	}
	t.authorize(r)
	return r, nil
}

// authorize says who is asking.
func (t *Target) authorize(r *http.Request) {
	switch {
	case !t.token.Empty():
		r.Header.Set("Authorization", "Bearer "+t.token.Reveal())
	case t.cfg.User != "":
		r.SetBasicAuth(t.cfg.User, t.password.Reveal())
	}
}

// sign gives the signature of a request at a time.
func sign(key secret.Value, unix int64, method, path, name, sum string) string {
	at := strconv.FormatInt(unix, 10)
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	_, _ = io.WriteString(mac, at+"."+method+"."+path+"."+name+"."+sum) // a hash takes everything
	return "t=" + at + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
