//! stub
/// stub
pub struct Effective;
