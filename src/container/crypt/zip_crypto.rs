//! ZipCrypto, the old encryption of zip entries (APPNOTE 6.1), decrypting only.

use std::sync::LazyLock;

use super::Decrypt;

/// Length of the random header in front of an encrypted entry (APPNOTE 6.1.3).
pub(crate) const HEADER: usize = 12;

/// The table of CRC-32 (polynomial 0xEDB88320), which ZipCrypto uses as a step function.
static STEPS: LazyLock<[u32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        (0..8).fold(u32::try_from(index).unwrap_or(0), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
});

/// The state of the cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    k0: u32,
    k1: u32,
    k2: u32,
}

impl Keys {
    /// The keys of a password (APPNOTE 6.1.5: the initial values).
    pub(crate) fn derive(password: &[u8]) -> Self {
        let mut keys = Keys {
            k0: 0x1234_5678,
            k1: 0x2345_6789,
            k2: 0x3456_7890,
        };
        for &byte in password {
            keys.update(byte);
        }
        keys
    }

    fn update(&mut self, plain: u8) {
        self.k0 = step(self.k0, plain);
        self.k1 = self
            .k1
            .wrapping_add(self.k0 & 0xff)
            .wrapping_mul(134_775_813)
            .wrapping_add(1);
        let [.., high] = self.k1.to_le_bytes();
        self.k2 = step(self.k2, high);
    }
}

impl Decrypt for Keys {
    fn decrypt(&mut self, block: &mut [u8]) {
        for byte in block {
            let low = (self.k2 | 2) & 0xffff;
            let [_, pad, ..] = low.wrapping_mul(low ^ 1).to_le_bytes();
            *byte ^= pad;
            self.update(*byte);
        }
    }
}

fn step(crc: u32, byte: u8) -> u32 {
    let [low, ..] = crc.to_le_bytes();
    (crc >> 8) ^ STEPS.get(usize::from(low ^ byte)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_table_is_that_of_crc_32() {
        // The two entries that APPNOTE-conforming tables begin and end with.
        assert_eq!(STEPS[1], 0x7707_3096);
        assert_eq!(STEPS[255], 0x2d02_ef8d);
    }
}
