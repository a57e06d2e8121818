// Package filetarget delivers files into a folder so that nobody ever sees a
// part of one, and so that what was reported as delivered survives a power cut.
//
// A commit takes a batch of files whose bytes lie in temporary files and does,
// in this order, which is the whole of the promise (reliability 2.1):
//
//  1. check   names and folders; a file that is there already with the same
//     bytes is kept as it is, so delivery is idempotent
//  2. barrier one syncfs, or an fsync a file, makes the bytes durable; then
//     Config.Fence is asked whether the batch is still this process's to deliver
//  3. folders the missing folders are made
//  4. rename  every file gets its name; until here nothing was visible
//  5. settle  every folder that got an entry is made durable, up to the root
//
// A crash before 4 leaves temporary files, a crash after it whole files. To run
// the same commit again ends in the same state. What fails for one file fails
// for that file alone.
//
// Everything happens below one root, through [os.Root]; no symbolic link is
// followed when something is written.
package filetarget
