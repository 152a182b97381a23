//! Prompts, posts, replies, discards, processes and runs: order, cost and what is freed. Both dispatchers.

mod branches;
mod fibers;
mod harness;
mod processes;
mod replies;
mod search;
mod unwinding;
