package queue

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/exportd/exportd/engine/diag"
)

// bridge lets local processes reach the embedded server through a Unix socket
// that only this user may open. Nothing listens at a port.
type bridge struct {
	listener net.Listener
	server   *server.Server
	group    sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool
	closed   bool
}

func newBridge(socket string, s *server.Server) (*bridge, error) {
	// The folder is locked: a socket that is there belongs to nobody.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diag.New(diag.Queue, "remove the old socket: %w", err)
	}
	l, err := net.Listen("unix", socket)
	if err == nil {
		err = os.Chmod(socket, 0o600)
	}
	if err != nil {
		return nil, diag.New(diag.Queue, "the workers' socket: %w", err).WithHint("a socket's path has at most 107 bytes: give the daemon a shorter state folder")
	}
	b := &bridge{listener: l, server: s, open: map[net.Conn]bool{}}
	b.group.Go(b.accept)
	return b, nil
}

func (b *bridge) accept() {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.group.Go(func() { b.carry(conn) })
	}
}

// carry copies in both directions until either side has had enough.
func (b *bridge) carry(outside net.Conn) {
	defer func() { _ = outside.Close() }()
	inside, err := b.server.InProcessConn()
	if err != nil {
		return // shutting down
	}
	defer func() { _ = inside.Close() }()
	if !b.enter(outside, inside) {
		return
	}
	defer b.leave(outside, inside)
	var both sync.WaitGroup
	copyThenClose := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // either end closes it; the client reconnects
		_ = to.Close()
		_ = from.Close()
	}
	both.Go(func() { copyThenClose(inside, outside) })
	both.Go(func() { copyThenClose(outside, inside) })
	both.Wait()
}

func (b *bridge) enter(conns ...net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	for _, c := range conns {
		b.open[c] = true
	}
	return true
}

func (b *bridge) leave(conns ...net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range conns {
		delete(b.open, c)
	}
}

// stop closes every connection and waits for those who carried them.
func (b *bridge) stop() error {
	err := b.listener.Close()
	b.mu.Lock()
	b.closed = true
	for c := range b.open {
		_ = c.Close()
	}
	b.mu.Unlock()
	b.group.Wait()
	return err
}

// socketDialer reaches a server through a Unix socket, whatever address is asked
// for.
type socketDialer string

// Dial connects to the socket.
func (d socketDialer) Dial(string, string) (net.Conn, error) { return net.Dial("unix", string(d)) }
