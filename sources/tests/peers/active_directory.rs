//! Sources against domain controllers of Samba.

mod changes;
mod controllers;
mod large;
mod reading;
mod refusals;
