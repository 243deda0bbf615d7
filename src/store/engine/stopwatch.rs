//! Measures the time of each step of a query that is explained.

use std::time::{Duration, Instant};

/// Measures steps inside each other: the time of each without that of the steps inside it. Unless it is enabled, it reads no clock.
#[derive(Default)]
pub(super) struct Stopwatch {
    is_enabled: bool,
    /// The time of the steps that have ended inside the current one.
    inside: Duration,
}

/// A step that is being measured.
#[derive(Clone, Copy)]
pub(super) struct Lap {
    start: Instant,
    /// The time of the steps that ended before, inside the step around this one.
    before: Duration,
}

impl Stopwatch {
    pub(super) fn enabled() -> Self {
        Self { is_enabled: true, inside: Duration::ZERO }
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Starts to measure a step.
    #[inline]
    pub(super) fn start(&mut self) -> Option<Lap> {
        match self.is_enabled {
            false => None,
            true => Some(Lap { before: std::mem::take(&mut self.inside), start: Instant::now() }),
        }
    }

    /// Ends a step, and adds its own time to `time`.
    #[inline]
    pub(super) fn stop(&mut self, lap: Option<Lap>, time: &mut Duration) {
        if let Some(Lap { start, before }) = lap {
            let elapsed = start.elapsed();
            *time += elapsed.saturating_sub(self.inside);
            self.inside = before + elapsed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    #[test]
    fn the_time_of_a_step_excludes_that_of_the_steps_inside() {
        let mut stopwatch = Stopwatch::enabled();
        let (mut outer, mut inner) = (Duration::ZERO, Duration::ZERO);
        let start = Instant::now();
        let outer_lap = stopwatch.start();
        for _ in 0..2 {
            let lap = stopwatch.start();
            sleep(Duration::from_millis(20));
            stopwatch.stop(lap, &mut inner);
        }
        stopwatch.stop(outer_lap, &mut outer);
        assert!(inner >= Duration::from_millis(40), "{inner:?}");
        assert!(outer + inner <= start.elapsed(), "{outer:?} {inner:?}");
    }

    #[test]
    fn nothing_is_measured_unless_it_is_enabled() {
        let (mut stopwatch, mut time) = (Stopwatch::default(), Duration::ZERO);
        let lap = stopwatch.start();
        assert!(lap.is_none());
        stopwatch.stop(lap, &mut time);
        assert_eq!(time, Duration::ZERO);
    }
}
