//! Microsoft Graph, by a tenant that stands in for the real one.

mod crash;
mod groups;
mod login;
mod proxy;
mod purpose;
mod reading;
mod scene;
mod tls;
mod trouble;
