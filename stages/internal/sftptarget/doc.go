// Package sftptarget delivers files to an SFTP server.
//
// Prepare uploads a file to a temporary name in its folder and has the server
// write it to its disk, where it knows fsync@openssh.com; Commit gives a batch
// their names with posix-rename@openssh.com, which replaces what has the name.
// On a server without it a file is removed first: then there is a moment without
// one, and a crash in that moment leaves none. Temporary files that crashes left
// are removed when the target is finished.
//
// The server must be one that known_hosts names. A connection that broke is made
// anew, and what it did is done once more.
package sftptarget
