//! How the property tests run: the same cases every time. To look further, set `PROPTEST_RNG_SEED` (a
//! number) and `PROPTEST_CASES`.

use proptest::test_runner::{Config, RngSeed};

/// A configuration with `cases` cases, unless the environment says otherwise.
pub(crate) fn config(cases: u32) -> Config {
    let default = Config::default();
    let seed =
        if std::env::var_os("PROPTEST_RNG_SEED").is_some() { default.rng_seed } else { RngSeed::Fixed(13) };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    Config { cases, rng_seed: seed, failure_persistence: None, ..default }
}
