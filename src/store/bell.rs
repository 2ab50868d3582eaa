//! The bell: a hint that something was committed, so that who waits need not look in vain. The
//! table is the truth; whoever hears the bell reads it. Other processes' commits ring nothing here:
//! they are seen by [`super::station::data_version`].

use tokio::sync::watch;

/// Rings for everyone who listens.
#[derive(Clone, Debug)]
pub struct Bell(watch::Sender<u64>);

impl Default for Bell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// An ear for the bell: `changed()` returns when it has rung since the last time.
    pub fn ear(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
