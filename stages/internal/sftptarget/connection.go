package sftptarget

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
)

// Login says who the user is and which server it must be.
type Login struct {
	User       string
	Password   func() (secret.Value, error)
	Identity   string // the path of a private key; "" for none
	Passphrase func() (secret.Value, error)
	KnownHosts string // a path; "" is ~/.ssh/known_hosts
}

// dialTimeout bounds how long a connection is being made, and patience one
// request where the caller has no deadline.
const (
	dialTimeout = 15 * time.Second
	patience    = 5 * time.Minute
)

// connection is one connection to a server, made when it is needed.
type connection struct {
	host  string
	login Login

	mu     sync.Mutex
	client *sftp.Client
	ssh    *ssh.Client
}

// do runs f with a client. When the connection turns out to be broken, f runs
// once more with a new one. The end of ctx breaks the connection: requests have no
// other end.
func (n *connection) do(ctx context.Context, f func(*sftp.Client) error) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	for attempt := range 2 {
		c, err := n.get(ctx)
		if err != nil {
			return err
		}
		stop := context.AfterFunc(ctx, func() { n.drop(c) })
		err = f(c)
		stop()
		if attempt == 1 || !lost(err) || ctx.Err() != nil {
			return err
		}
		n.drop(c)
	}
	return nil
}

// lost reports whether an error is that of a connection and not of a file.
func lost(err error) bool {
	var network net.Error
	return errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

// get gives the client, and makes the connection where there is none.
func (n *connection) get(ctx context.Context) (*sftp.Client, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.client != nil {
		return n.client, nil
	}
	config, err := n.login.config()
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", n.host)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(dialTimeout)) // a connection that has no deadlines fails in its own time
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	secure, channels, requests, err := ssh.NewClientConn(conn, n.host, config)
	if err != nil {
		return nil, errors.Join(err, ignore(conn.Close()))
	}
	_ = conn.SetDeadline(time.Time{})
	n.ssh = ssh.NewClient(secure, channels, requests)
	n.client, err = sftp.NewClient(n.ssh, sftp.UseConcurrentWrites(true), sftp.UseConcurrentReads(true))
	if err != nil {
		_ = n.ssh.Close()
		n.client, n.ssh = nil, nil
		return nil, err
	}
	return n.client, nil
}

// ignore drops the error of closing what has failed already.
func ignore(error) error { return nil }

// config makes the keys and the check of the server ready.
func (l Login) config() (*ssh.ClientConfig, error) {
	known := l.KnownHosts
	if known == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, diag.New(diag.TargetDenied, "known_hosts cannot be found: %w", err)
		}
		known = filepath.Join(home, ".ssh", "known_hosts")
	}
	check, err := knownhosts.New(known)
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "known_hosts cannot be read: %w", err).
			WithHint("name a file that lists the server: ssh-keyscan HOST >> known_hosts, and compare the key with the server's")
	}
	config := &ssh.ClientConfig{User: l.User, HostKeyCallback: check, Timeout: dialTimeout}
	if l.Identity != "" {
		signer, err := l.identity()
		if err != nil {
			return nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	password, err := l.Password()
	if err != nil {
		return nil, err
	}
	if !password.Empty() {
		config.Auth = append(config.Auth, ssh.Password(password.Reveal()), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				answers := make([]string, len(questions))
				for i := range answers {
					answers[i] = password.Reveal()
				}
				return answers, nil
			}))
	}
	return config, nil
}

func (l Login) identity() (ssh.Signer, error) {
	text, err := os.ReadFile(l.Identity)
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "the identity cannot be read: %w", err)
	}
	phrase, err := l.Passphrase()
	if err != nil {
		return nil, err
	}
	var signer ssh.Signer
	if phrase.Empty() {
		signer, err = ssh.ParsePrivateKey(text)
	} else {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(phrase.Reveal()))
	}
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "the identity %s is no private key, or its passphrase is wrong or missing", l.Identity)
	}
	return signer, nil
}

// drop closes a client that is broken, if it is still the one in use.
func (n *connection) drop(c *sftp.Client) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.client == c {
		_ = n.shut()
	}
}

// remove removes a file if there is a connection.
func (n *connection) remove(name string) {
	n.mu.Lock()
	c := n.client
	n.mu.Unlock()
	if c != nil {
		_ = c.Remove(name) // the next finish sweeps it
	}
}

func (n *connection) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.shut()
}

// shut closes what is open. That a broken connection cannot be closed well is
// nobody's trouble.
func (n *connection) shut() error {
	if n.client == nil {
		return nil
	}
	_ = n.ssh.Close() // first: requests that wait for a dead server end by it
	_ = n.client.Close()
	n.client, n.ssh = nil, nil
	return nil
}
