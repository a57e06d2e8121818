package deliver

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/limit"
	"github.com/exportd/exportd/stages/deliver/target/retry"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/httptarget"
	"github.com/exportd/exportd/stages/internal/outbound"
	"github.com/exportd/exportd/stages/internal/s3target"
	"github.com/exportd/exportd/stages/internal/sftptarget"
)

// remote is a place that is reached over a network: its files wait in the scratch
// folder of the run, its settings are in the configuration.
type remote struct {
	env      stage.Env
	settings target.Settings
}

// newRemote finds the settings of an address.
func newRemote(env stage.Env, address string) (remote, error) {
	s, err := target.Lookup(env.Targets, address)
	return remote{env, s}, err
}

// place makes the place of a target. Where its manifest lies is told by its id.
func (r remote) place(id string, made func() target.Target) Place {
	base, _, _ := strings.Cut(id, "?")
	return Place{
		ID: id, Manifest: strings.TrimRight(base, "/") + "/" + filename.Manifest, AtOnce: r.settings.AtOnce(),
		open: func(owner string) (target.Target, *target.Staging) {
			t := retry.New(made())
			if r.settings.Rate > 0 {
				t = limit.New(t, r.settings.Rate)
			}
			return t, target.NewStaging(target.StagingConfig{Root: r.env.Scratch, Scratch: r.env.Scratch, Owner: owner})
		},
	}
}

// secret gives the function that follows a reference of the settings.
func (r remote) secret(name, reference string) func() (secret.Value, error) {
	return func() (secret.Value, error) { return r.settings.Secret(name, reference) }
}

// job is the id of the run, which names its state.
func (r remote) job() string { return filepath.Base(r.env.State) }

// parseURL reads a remote address. Credentials in it would end up in plans and
// reports.
func parseURL(to string) (*url.URL, error) {
	u, err := url.Parse(to)
	switch {
	case err != nil || u.Opaque != "":
		return nil, wrong(to, "it is no URL").WithHint("write SCHEME://HOST/PATH")
	case u.Host == "":
		return nil, wrong(to, "it names no host").WithHint("write %s://HOST/PATH", u.Scheme)
	case u.Fragment != "":
		return nil, wrong(to, "it has a fragment").WithHint("a # in a path is written %%23")
	}
	if _, has := u.User.Password(); has {
		u.User = url.User(u.User.Username())
		return nil, diag.New(diag.KeyValue, "params.to, an address at %s, holds a password", u.Host).
			WithHint(`put it into the configuration: [targets.%q] password = "env:NAME"`, u.Scheme+"://"+u.Host)
	}
	return u, nil
}

// locateS3 finds a bucket.
func locateS3(env stage.Env, to, _ string) (Place, error) {
	if _, err := parseURL(to); err != nil {
		return Place{}, err
	}
	if b, err := blob.Open(to, blob.Credentials{}); err != nil {
		return Place{}, wrong(to, err.Error()).WithHint("write s3://BUCKET/PREFIX?region=eu-central-1")
	} else if err := b.Close(); err != nil {
		return Place{}, err
	}
	r, err := newRemote(env, to)
	if err != nil {
		return Place{}, err
	}
	return r.place(to, func() target.Target {
		return s3target.New(s3target.Config{Address: to, Overwrite: env.Fresh, Credentials: r.bucketKeys})
	}), nil
}

// bucketKeys follows the references of a bucket's credentials.
func (r remote) bucketKeys() (blob.Credentials, error) {
	keys := blob.Credentials{AccessKey: r.settings.AccessKey}
	var errs [2]error
	keys.SecretKey, errs[0] = r.settings.Secret("secret_key", r.settings.SecretKey)
	keys.SessionToken, errs[1] = r.settings.Secret("session_token", r.settings.SessionToken)
	return keys, errors.Join(errs[:]...)
}

// locateSFTP finds a folder of a server: sftp://USER@HOST:PORT/abs, or /~/rel for
// one below where the server puts the user.
func locateSFTP(env stage.Env, to, _ string) (Place, error) {
	u, err := parseURL(to)
	if err != nil {
		return Place{}, err
	}
	if u.RawQuery != "" {
		return Place{}, wrong(to, "it has options, and there are none").WithHint("a ? in a path is written %%3F")
	}
	r, err := newRemote(env, to)
	if err != nil {
		return Place{}, err
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	root := u.Path
	if rest, ok := strings.CutPrefix(root, "/~/"); ok {
		root = "./" + rest
	} else if root == "" || root == "/~" {
		root = "."
	}
	login := sftptarget.Login{
		User: u.User.Username(), Password: r.secret("password", r.settings.Password), Identity: r.settings.Path(r.settings.Identity),
		Passphrase: r.secret("passphrase", r.settings.Passphrase), KnownHosts: r.settings.Path(r.settings.KnownHosts),
	}
	if login.User == "" {
		login.User = r.settings.User
	}
	if login.User == "" {
		if me, err := user.Current(); err == nil {
			login.User = me.Username
		}
	}
	return r.place(to, func() target.Target {
		return sftptarget.New(sftptarget.Config{Host: net.JoinHostPort(u.Hostname(), port), Root: root, Login: login, Owner: env.State + "\x00" + to, Fence: env.Fence})
	}), nil
}

// locateHTTPS finds a receiver of PUT requests.
func locateHTTPS(env stage.Env, to, _ string) (Place, error) {
	return locateReceiver(env, to, to, false)
}

// locateHook finds a webhook: webhook:https://HOST/PATH.
func locateHook(env stage.Env, to, rest string) (Place, error) {
	return locateReceiver(env, to, rest, true)
}

func locateReceiver(env stage.Env, to, address string, hook bool) (Place, error) {
	u, err := parseURL(address)
	if err != nil {
		return Place{}, err
	}
	if u.Scheme != "https" {
		return Place{}, wrong(to, "only https is delivered to").WithHint("write webhook:https://HOST/PATH")
	}
	if u.User != nil {
		return Place{}, wrong(to, "it names a user").WithHint(`put it into the configuration: [targets.%q] user = "…"`, "https://"+u.Host)
	}
	r, err := newRemote(env, address)
	if err != nil {
		return Place{}, err
	}
	var policy outbound.Policy
	for _, text := range r.settings.AllowPrivate {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return Place{}, diag.New(diag.KeyValue, "targets.%q.allow_private: %q is no network", r.settings.Address, text)
		}
		policy.Allow = append(policy.Allow, network)
	}
	return r.place(to, func() target.Target {
		return httptarget.New(httptarget.Config{
			URL: u, Hook: hook, Job: r.job(), Overwrite: env.Fresh, Parallel: r.settings.AtOnce(), Policy: policy, CAFile: r.settings.Path(r.settings.CAFile),
			User: r.settings.User, Password: r.secret("password", r.settings.Password),
			Token: r.secret("token", r.settings.Token), SigningKey: r.secret("signing_key", r.settings.SigningKey),
		})
	}), nil
}
