//! Messages of the operating system.

use std::fmt::Display;

/// The message of an error, without the number that the standard library adds to those of the operating system.
pub(crate) fn io_message(error: impl Display) -> String {
    let message = error.to_string();
    // Also within the message of an error that has another as its source.
    let Some((before, rest)) = message.split_once(" (os error ") else { return message };
    let after = rest.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
    after.strip_prefix(')').map_or(message.clone(), |after| format!("{before}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn messages_of_the_operating_system_have_no_numbers() {
        let error = || io::Error::from_raw_os_error(2);
        assert!(error().to_string().ends_with(" (os error 2)"));
        assert_eq!(format!("{} (os error 2)", io_message(error())), error().to_string());
        let outer = io::Error::other(format!("{}; already replaced: `a`", error()));
        assert_eq!(io_message(outer), format!("{}; already replaced: `a`", io_message(error())));
        assert_eq!(io_message(io::Error::other("is (os error x)")), "is (os error x)");
    }
}
