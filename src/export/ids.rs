//! Ids that stay the same: version 5 of RFC 4122 (a SHA-1 of a namespace and a name).

use uuid::Uuid;

/// The namespace of this library: version 5 of the nil UUID and the name `ddetect`, written out
/// because it never changes.
const OURS: Uuid = Uuid::from_u128(0xf8b6_4659_66d4_5459_a9b2_27a5_1667_d3e3);
/// The namespace of the observables of STIX 2.1 (section 2.9).
const STIX: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// The id of what `parts` name together. Each part stands with its length, so that no two lists
/// of parts are the same name.
pub(super) fn id(parts: &[&str]) -> Uuid {
    let mut name = String::new();
    for part in parts {
        name.push_str(&part.len().to_string());
        name.push(':');
        name.push_str(part);
    }
    Uuid::new_v5(&OURS, name.as_bytes())
}

/// The id of an observable of STIX by its contributing properties, in canonical JSON.
pub(super) fn observable(canonical: &str) -> Uuid {
    Uuid::new_v5(&STIX, canonical.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_version_5_and_depend_on_every_part() {
        let one = id(&["ab", "c"]);
        assert_eq!(one.get_version_num(), 5);
        assert_eq!(one, id(&["ab", "c"]));
        assert_ne!(one, id(&["a", "bc"]));
        assert_ne!(one, id(&["ab", "c", ""]));
    }

    /// The value is that of `uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), …)` of
    /// Python.
    #[test]
    fn observables_have_the_id_that_every_producer_gives_them() {
        assert_eq!(
            observable(r#"{"value":"198.51.100.3"}"#).to_string(),
            "28bb3599-77cd-5a82-a950-b5bc3caf07c4"
        );
    }
}
