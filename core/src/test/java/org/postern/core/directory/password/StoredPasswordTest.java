// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.limits.Deadline;

/// The stored forms are made by other programs: slappasswd, doveadm, mkpasswd, argon2, openssl.
class StoredPasswordTest {
    private static final List<String> CHEAP = List.of(
            "{SSHA}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ",
            "{ssha}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ",
            "{SMD5}VecGAnMKgYvliOe3cr7+x6UcMd4=",
            "{SSHA512}d5989R/SGnXdzFhe8PhCpuzlkikwRARdG+2CcFwBdioyVG4K4IUhY/GnbgfmJMWU6rG4s8X7h6SFE2axDGGXKdiuEpMnn2RV",
            "{SSHA256}vHmdtl0I1TObWtzy//o+j+vjdlBUbYlqI05ZV7Z9OY6H//UrgKJKaw==",
            "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
            "{CRYPT}$1$L7OvtoxP$c7EFwk3mcYsVcqyvr5rrq.",
            "{CRYPT}abNANd1rDfiNc",
            "abNANd1rDfiNc");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{SSHA}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ",
                "{ssha}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ",
                "{SMD5}VecGAnMKgYvliOe3cr7+x6UcMd4=",
                "{SSHA512}d5989R/SGnXdzFhe8PhCpuzlkikwRARdG+2CcFwBdioyVG4K4IUhY/GnbgfmJMWU6rG4s8X7h6SFE2axDGGXKdiuEpMnn2RV",
                "{SSHA256}vHmdtl0I1TObWtzy//o+j+vjdlBUbYlqI05ZV7Z9OY6H//UrgKJKaw==",
                "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
                "{CRYPT}$1$L7OvtoxP$c7EFwk3mcYsVcqyvr5rrq.",
                "{CRYPT}abNANd1rDfiNc",
                "abNANd1rDfiNc",
                "{PBKDF2}10000$AAECAwQFBgcICQoLDA0ODw$w7tX5nEMoIv2c5pL4bh51Yovf50",
                "{PBKDF2-SHA256}10000$AAECAwQFBgcICQoLDA0ODw$OImOyGKQvA8WMIN8WwuclUZFDykpCY/RxWOLBTOe8fg",
                "{PBKDF2-SHA512}10000$AAECAwQFBgcICQoLDA0ODw$s1qOkFay1DbcR0sablkjBgtOqf1IcoQVkkK1uzR9LdXA0A7SkKhkz0j9Li48.pDMKueSh3UUQNkgDDksLeAu.Q",
                "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$x6+giQeGhS/bn3rXZFZTRA$mkl9WkiTL5eq5Jz7RQoXGj3AXjG/A2Cxaz/b7O/ydYk",
                "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$bxcOVyglm5Sb107IFx+5Dw$Jvf+pxcNKnMwYx5xguR2MMqg0CM6uLIPn49uKcyHMv0",
                "{BLF-CRYPT}$2y$05$pbzw3XycUq4DM43obGCxeODlPTn3IuXL8Xl4GU2bn1llEECrohc4G",
                "{CRYPT}$2y$05$pbzw3XycUq4DM43obGCxeODlPTn3IuXL8Xl4GU2bn1llEECrohc4G",
                "$2y$05$pbzw3XycUq4DM43obGCxeODlPTn3IuXL8Xl4GU2bn1llEECrohc4G",
                "{SHA512-CRYPT}$6$bKT9h2MV/yLy.xdo$TztV7qmt9D0c661ZOntPwu31znf8jDavRiFPkuWdNlLtjxnQ3DM7E6U/gUpLmvz7vFy1sXTBZUWv6yQunSFuw0",
                "{CRYPT}$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi.",
                "{SCRAM-SHA-256}4096,c6dc91H2FqboWU/SMhYTyg==,OeuScI5GmR70gaUiVkc4/hWVkkMsIZcUln8T7nxu2RY=,a2KNW9vQqJ80WWDbU6TJZqG59a177eD8C3iSJEh573E="
            })
    void compare_withEveryForm_tellsRightFromWrong(String stored) {
        assertThat(StoredPassword.compare(stored, "secret")).isEqualTo(PasswordMatch.RIGHT);
        assertThat(StoredPassword.compare(stored, "Secret")).isEqualTo(PasswordMatch.WRONG);
        assertThat(StoredPassword.compare(stored, "")).isEqualTo(PasswordMatch.WRONG);
    }

    @Test
    void compare_withYescrypt_worksWhereLibcryptIs() {
        String stored = "{CRYPT}$y$j9T$abcdefgh$IUWJt2doU4Kf6E/JP1UkAT3S5O3Q7SSA8SJirXIlEu9";

        assertThat(SystemCrypt.available()).isTrue();
        assertThat(StoredPassword.compare(stored, "secret")).isEqualTo(PasswordMatch.RIGHT);
        assertThat(StoredPassword.compare(stored, "Secret")).isEqualTo(PasswordMatch.WRONG);
    }

    @Test
    void compare_withAPasswordInUtf8_comparesOctets() {
        assertThat(StoredPassword.compare(
                        "{SSHA512}yV/MNRrRf6jdaRW+yiKYeW3Mh7uwU981q5kQ2yKqGyE717AXx9TMGy7SCtvv8u5VGGOk0lev0z1qC9qYvpR1+8gAoBY=",
                        "sécret€"))
                .isEqualTo(PasswordMatch.RIGHT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "{CLEARTEXT}secret",
                "{PLAIN}secret",
                "{SSHA}",
                "{SSHA}!!!",
                "{SSHA}AAAA",
                "{CRYPT}",
                "{CRYPT}$9$abc$def",
                "{CRYPT}$2y$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                "{CRYPT}$6$rounds=999999999$saltsalt$x",
                "{ARGON2}$argon2id$v=19$m=99999999,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
                "{PBKDF2-SHA256}999999999$c2FsdA$aGFzaA",
                "{SCRAM-SHA-256}1,c2FsdA==,AAAA,AAAA",
                "{UNKNOWN}x",
                "$y$jZ9T$",
            })
    void compare_withAFormThatIsNotUnderstoodOrCostsTooMuch_isUndetermined(String stored) {
        assertThat(StoredPassword.compare(stored, "secret")).isEqualTo(PasswordMatch.UNDETERMINED);
    }

    @Test
    void compare_withRandomDamage_isNeverRightAndNeverThrows() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            String form = CHEAP.get(random.nextInt(CHEAP.size()));
            StringBuilder damaged = new StringBuilder(form);
            int at = random.nextInt(form.length());
            switch (random.nextInt(3)) {
                case 0 -> damaged.setCharAt(at, (char) (' ' + random.nextInt(95)));
                case 1 -> damaged.setLength(at);
                default -> damaged.insert(at, (char) random.nextInt(300));
            }
            assertThat(StoredPassword.compare(damaged.toString(), "Secret")).isNotEqualTo(PasswordMatch.RIGHT);
        }
    }

    @Test
    void verifier_withSeveralForms_isRightWhenOneMatches() {
        try (PasswordVerifier verifier = new PasswordVerifier()) {
            Deadline deadline = Deadline.in(Duration.ofSeconds(30));
            assertThat(verifier.compare(List.of("{UNKNOWN}x", CHEAP.getFirst()), "secret", deadline))
                    .isEqualTo(PasswordMatch.RIGHT);
            assertThat(verifier.compare(List.of("{UNKNOWN}x", CHEAP.getFirst()), "wrong", deadline))
                    .isEqualTo(PasswordMatch.UNDETERMINED);
            assertThat(verifier.compare(List.of(CHEAP.getFirst()), "wrong", deadline))
                    .isEqualTo(PasswordMatch.WRONG);
            assertThat(verifier.compare(List.of(), "secret", deadline)).isEqualTo(PasswordMatch.UNDETERMINED);
            assertThat(verifier.compare(List.of(CHEAP.getFirst()), "secret", Deadline.in(Duration.ZERO)))
                    .isEqualTo(PasswordMatch.UNDETERMINED);
        }
    }
}
