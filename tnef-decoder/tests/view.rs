//! Items as other programs get them.

mod contact;
mod item;
mod meeting;
mod report;
mod samples;
mod task;
