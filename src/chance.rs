//! Beside the floors: chance. The one place that draws random bytes; whoever needs some is handed them from here.

/// Bytes that nobody can guess.
pub fn draw<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the one home of chance")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
