//! Concurrency: how many connections a relay bears now. As Postfix does it: one more for as many letters taken as
//! there are connections, one less for each cohort of failed connections. Only the relay's own failures count.

/// How many connections at once, between 1 and the most that is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concurrency {
    most: u32,
    now: f64,
    cohort: u32,
}

/// The connections that were opened under one limit: however many of them fail, it is one failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort(u32);

impl Concurrency {
    /// As many as are set, until the relay says otherwise.
    pub fn new(most: u32) -> Self {
        Self { most, now: f64::from(most), cohort: 0 }
    }

    /// How many may be open now.
    pub fn allows(&self) -> u32 {
        (self.now as u32).clamp(1, self.most.max(1))
    }

    /// The cohort of a connection that is opened now.
    pub fn cohort(&self) -> Cohort {
        Cohort(self.cohort)
    }

    /// A letter was taken.
    pub fn succeeded(&mut self) {
        self.now = (self.now + 1.0 / self.now).min(f64::from(self.most.max(1)));
    }

    /// A connection of that cohort failed.
    pub fn failed(&mut self, cohort: Cohort) {
        if cohort == self.cohort() {
            self.cohort = self.cohort.wrapping_add(1);
            self.now = (self.now - 1.0).max(1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cohort_that_fails_costs_one_and_a_round_of_letters_brings_it_back() {
        let mut relay = Concurrency::new(10);
        let cohort = relay.cohort();
        (0..10).for_each(|_| relay.failed(cohort));
        assert_eq!(relay.allows(), 9);
        (0..10).for_each(|_| relay.succeeded());
        assert_eq!(relay.allows(), 10);
        (0..1000).for_each(|_| relay.succeeded());
        assert_eq!(relay.allows(), 10);
    }

    #[test]
    fn there_is_always_one() {
        let mut relay = Concurrency::new(3);
        (0..50).for_each(|_| relay.failed(relay.cohort()));
        assert_eq!(relay.allows(), 1);
        assert_eq!(Concurrency::new(0).allows(), 1);
    }
}
