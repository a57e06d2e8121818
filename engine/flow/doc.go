// Package flow runs a graph of stages over items.
//
// go-streams is the wiring: sources, flows, sinks and its Merge carry items
// from node to node. It has no contexts and no errors, its Map loses order and
// a panic in it kills the process, its FanOut waits for the slowest branch. So
// the nodes here are our own behind its interfaces:
//
//   - A node has a number of workers and a window twice as wide, and items leave
//     it in the order in which they came.
//   - An item that fails, is skipped or panics leaves the stream where that
//     happens; the others go on.
//   - A node's cost is taken from the budget at its intake, in order, before a
//     worker is used. Only then can no worker hold what another waits for, and
//     that is also why no node with a cost may stand behind another.
//   - A fork asks the guards of the nodes behind it and hands the item on. Its
//     lanes are bounded: a slow branch first fills its own lane, and then slows
//     the others; it cannot stop them for ever, because branches meet again by
//     arrival and nothing waits for a partner.
//   - When the context ends, every node drains: what it still receives ends as
//     stopped, so that nobody upstream blocks.
//
// The ledger knows who is in flight. Each item of the source ends in exactly one
// [AssetEnd], after one [BranchEnd] for every way it took, and each item and
// each clone of it is closed exactly once. Memory follows from the workers and
// lanes of the graph, never from the number of items.
package flow
