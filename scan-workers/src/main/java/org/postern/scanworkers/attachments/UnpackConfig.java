// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// The bounds of unpacking. A mail that reaches one of them gets the finding ATTACHMENT_TOO_COMPLEX.
@Doc("The bounds of looking into archives and documents; what reaches one of them counts as too complex.")
public record UnpackConfig(
        @Doc("The largest attachment, and the largest file in an archive, that is looked into, 64KiB to 256MiB.")
        @Default("32MiB")
        ByteSize fileMax,

        @Doc("How many octets the archives of one mail may unpack to, 1MiB to 4GiB.") @Default("256MiB")
        ByteSize unpackedMax,

        @Doc("How many times larger than itself a file of 1MiB or more may become by unpacking, 10 to 100000.")
        @Default("250")
        int ratioMax,

        @Doc("How many files in the archives of one mail are looked at, 1 to 100000.") @Default("2000")
        int filesMax,

        @Doc("How deep archives in archives are opened, 1 to 20.") @Default("5")
        int depth,

        @Doc("How much processor time the archives of one mail may take, 100ms to 60s.") @Default("5s")
        Duration time,

        @Doc("How many attachments are unpacked at once, 1 to 64; each takes up to twice file-max of memory, and 64MiB"
                + " for a dictionary.")
        @Default("1")
        int atOnce) {
    /// The values of a configuration that says nothing.
    public static final UnpackConfig DEFAULTS =
            new UnpackConfig(ByteSize.ofMiB(32), ByteSize.ofMiB(256), 250, 2_000, 5, Duration.ofSeconds(5), 1);

    public UnpackConfig {
        within("file-max", fileMax, 64L << 10, 256L << 20);
        within("unpacked-max", unpackedMax, 1L << 20, 4L << 30);
        within("ratio-max", ratioMax, 10, 100_000);
        within("files-max", filesMax, 1, 100_000);
        within("depth", depth, 1, 20);
        within("at-once", atOnce, 1, 64);
        if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("time must be 100ms to 60s, not " + time.toMillis() + "ms");
        }
    }

    private static void within(String key, ByteSize value, long least, long most) {
        if (value.bytes() < least || value.bytes() > most) {
            throw new IllegalArgumentException(
                    key + " must be " + new ByteSize(least) + " to " + new ByteSize(most) + ", not " + value);
        }
    }

    private static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
