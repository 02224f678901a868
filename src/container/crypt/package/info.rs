//! The XML of agile encryption ([MS-OFFCRYPTO] 2.3.4.10).
//!
//! # Malformed input
//!
//! Elements and attributes count by their local names. Broken markup is read a second time, as
//! leniently as there is. Keys that say nothing of their cipher have the one that all programs
//! write. Numbers that are none are 0.
//!
//! # Worst cases
//!
//! Two passes; at most [`KEYS`] keys are kept, of salts and values [`LONGEST`] bytes each.

use super::hash::Hash;
use crate::container::transfer::Transfer;
use crate::limits::Limits;
use crate::markup::xml::{Event, Reader, Tag};

/// Keys that are kept; programs write one or two.
const KEYS: usize = 16;
/// Bytes of a salt or of an encrypted value that are taken; real ones have at most 64.
const LONGEST: usize = 1_024;

/// What is said of the encryption of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    /// Of the package itself (`keyData`).
    pub(super) data: Parameters,
    /// The key of the package, encrypted with passwords.
    pub(super) keys: Vec<PasswordKey>,
    /// It is encrypted with the key of a certificate, too.
    pub(super) certificates: bool,
}

/// How something is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) salt: Vec<u8>,
    pub(super) key_bits: u32,
    pub(super) hash: Option<Hash>,
    /// What of it no reader exists for: the name of a cipher, a mode or a hash.
    pub(super) unread: Option<String>,
}

/// The key of the package, encrypted with a password, and what tells the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PasswordKey {
    pub(super) parameters: Parameters,
    pub(super) rounds: u32,
    pub(super) verifier: Vec<u8>,
    pub(super) verifier_hash: Vec<u8>,
    pub(super) value: Vec<u8>,
}

impl Info {
    /// Reads the XML.
    pub(super) fn read(xml: &[u8], limits: &Limits) -> Self {
        let mut info = Info::default();
        if info.gather(Reader::new(xml, limits)) {
            info.gather(Reader::lenient(xml, limits));
        }
        info
    }

    /// Returns whether the markup is broken.
    fn gather(&mut self, mut reader: Reader<&[u8]>) -> bool {
        // A limit on markup ends it early: what was not read opens nothing.
        while let Ok(Some(event)) = reader.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name.local {
                "keyData" if self.data == Parameters::default() => {
                    self.data = Parameters::of(&tag);
                }
                "encryptedKey" => self.key(&tag),
                _ => {}
            }
        }
        reader.flaws().malformed
    }

    fn key(&mut self, tag: &Tag<'_>) {
        // [MS-OFFCRYPTO] 2.3.4.10: a certificate has no salt, and itself as an attribute.
        if tag.attribute("X509Certificate").is_some() || tag.attribute("saltValue").is_none() {
            self.certificates |= tag.attribute("X509Certificate").is_some();
            return;
        }
        let rounds = tag.attribute("spinCount").unwrap_or_default();
        let key = PasswordKey {
            parameters: Parameters::of(tag),
            // One that is no number, or larger than any program takes: the limit says so.
            rounds: rounds.trim().parse().unwrap_or_else(|_| {
                let digits = rounds.trim().bytes().all(|byte| byte.is_ascii_digit());
                if digits && !rounds.trim().is_empty() {
                    u32::MAX
                } else {
                    0
                }
            }),
            verifier: bytes(tag, "encryptedVerifierHashInput"),
            verifier_hash: bytes(tag, "encryptedVerifierHashValue"),
            value: bytes(tag, "encryptedKeyValue"),
        };
        if self.keys.len() < KEYS && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }
}

impl Parameters {
    fn of(tag: &Tag<'_>) -> Self {
        let text = |name| tag.attribute(name).unwrap_or_default();
        let named = text("hashAlgorithm");
        let hash = Hash::named(&named);
        let (cipher, mode) = (text("cipherAlgorithm"), text("cipherChaining"));
        let is = |text: &str, known: &str| text.is_empty() || text.eq_ignore_ascii_case(known);
        let unread = if !is(&cipher, "AES") {
            Some(cipher)
        } else if !is(&mode, "ChainingModeCBC") {
            Some(mode)
        } else {
            hash.is_none().then_some(named)
        };
        Parameters {
            salt: bytes(tag, "saltValue"),
            key_bits: text("keyBits").trim().parse().unwrap_or(0),
            hash,
            unread: unread.map(|name| name.chars().take(SHOWN).collect()),
        }
    }
}

/// Characters of a name that are shown.
const SHOWN: usize = 32;

/// The bytes that an attribute stands for.
fn bytes(tag: &Tag<'_>, name: &str) -> Vec<u8> {
    /// Text that is more than enough for [`LONGEST`] bytes, with blanks in between.
    const TEXT: usize = 4 * LONGEST;
    let text = tag.attribute(name).unwrap_or_default();
    let text = text.as_bytes().get(..TEXT).unwrap_or(text.as_bytes());
    let mut out = Vec::new();
    let mut decoder = Transfer::Base64.decoder();
    decoder.push(text, &mut out);
    decoder.finish(&mut out);
    out.truncate(LONGEST);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(xml: &str) -> Info {
        Info::read(xml.as_bytes(), &Limits::default())
    }

    const DATA: &str = "<keyData saltSize='2' blockSize='16' keyBits='256' hashSize='64' \
        cipherAlgorithm='AES' cipherChaining='ChainingModeCBC' hashAlgorithm='SHA512' \
        saltValue='AQI='/>";

    fn key(rest: &str) -> String {
        format!(
            "<k:encryptedKey spinCount='100000' keyBits='128' hashAlgorithm='SHA1' \
             saltValue='AwQ=' encryptedVerifierHashInput='BQ==' \
             encryptedVerifierHashValue='Bg==' encryptedKeyValue='Bw==' {rest}/>"
        )
    }

    #[test]
    fn prefixes_do_not_matter_and_several_keys_count() {
        let read = info(&format!(
            "<e:encryption xmlns:e='x' xmlns:k='y'>{DATA}<k:keyEncryptors>{}{}{}</k:keyEncryptors>",
            key(""),
            key("n='2' cipherAlgorithm='RC2'"),
            key(""),
        ));
        assert_eq!(read.data.salt, [1, 2]);
        assert_eq!(
            (read.data.key_bits, read.data.hash),
            (256, Some(Hash::Sha512))
        );
        assert_eq!(read.keys.len(), 2, "the same one counts once");
        assert_eq!(read.keys[0].rounds, 100_000);
        assert_eq!(read.keys[0].parameters.salt, [3, 4]);
        assert_eq!(read.keys[0].parameters.unread, None);
        assert_eq!(
            (
                &read.keys[0].verifier[..],
                &read.keys[0].verifier_hash[..],
                &read.keys[0].value[..]
            ),
            (&[5_u8][..], &[6_u8][..], &[7_u8][..])
        );
        assert_eq!(read.keys[1].parameters.unread.as_deref(), Some("RC2"));
        assert!(!read.certificates);
    }

    #[test]
    fn broken_markup_is_read_again() {
        let read = info(&format!("<a b='><c></d>{DATA}{}", key("")));
        assert_eq!(read.keys.len(), 1);
        assert_eq!(read.data.salt, [1, 2]);
    }

    #[test]
    fn what_is_not_read_is_named() {
        let read =
            info("<keyData saltValue='' hashAlgorithm='SHA1' cipherChaining='ChainingModeCFB'/>");
        assert_eq!(read.data.unread.as_deref(), Some("ChainingModeCFB"));
        let read = info("<keyData saltValue='' hashAlgorithm='WHIRLPOOL'/>");
        assert_eq!(read.data.unread.as_deref(), Some("WHIRLPOOL"));
        let read = info("<encryptedKey X509Certificate='AA==' encryptedKeyValue='AA=='/>");
        assert!(read.certificates && read.keys.is_empty());
    }

    #[test]
    fn numbers_that_are_too_large_or_none() {
        let rounds = |text: &str| {
            let key = format!("<encryptedKey saltValue='' spinCount='{text}'/>");
            info(&key).keys[0].rounds
        };
        assert_eq!(rounds("2000000000"), 2_000_000_000);
        assert_eq!(rounds("99999999999999999999"), u32::MAX);
        assert_eq!(rounds("-1"), 0);
        assert_eq!(rounds(""), 0);
        assert_eq!(rounds(" 7 "), 7);
    }

    #[test]
    fn a_hundred_thousand_keys_are_sixteen() {
        let xml: String = (0..10_000)
            .map(|n| key(&format!("spinCount2='{n}' keyBits='{n}'")))
            .collect();
        assert!(info(&xml).keys.len() <= KEYS);
    }
}
