// Package unit is what daemon and worker say to each other about a part of a job:
// the unit itself, which names its assets with what is known of them, and the
// pages that report what became of them. Both are lines of JSON.
package unit
