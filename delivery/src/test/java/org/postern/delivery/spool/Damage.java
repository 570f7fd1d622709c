// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Ways in which a file can be damaged while nobody looks.
enum Damage {
    FLIP_IN_HEADER,
    FLIP_IN_ENVELOPE,
    FLIP_IN_BODY,
    FLIP_IN_END,
    CUT_IN_HEADER,
    CUT_IN_BODY,
    CUT_IN_END,
    EMPTY,
    ZEROED,
    ZEROED_BODY,
    GARBAGE_BEHIND,
    REPLACED_BY_LINK,
    REPLACED_BY_FOLDER;

    void to(Path file, Path elsewhere) throws IOException {
        long size = Files.size(file);
        long end = size - EndRecord.LENGTH;
        switch (this) {
            case FLIP_IN_HEADER -> flip(file, 20);
            case FLIP_IN_ENVELOPE -> flip(file, 90);
            case FLIP_IN_BODY -> flip(file, 700);
            case FLIP_IN_END -> flip(file, end + 20);
            case CUT_IN_HEADER -> cut(file, 300);
            case CUT_IN_BODY -> cut(file, 900);
            case CUT_IN_END -> cut(file, end + 30);
            case EMPTY -> cut(file, 0);
            case ZEROED -> Files.write(file, new byte[(int) size]);
            case ZEROED_BODY -> overwrite(file, 600, new byte[200]);
            case GARBAGE_BEHIND -> overwrite(file, size, "garbage".repeat(20).getBytes(StandardCharsets.US_ASCII));
            case REPLACED_BY_LINK -> {
                Files.move(file, elsewhere);
                Files.createSymbolicLink(file, elsewhere);
            }
            case REPLACED_BY_FOLDER -> {
                Files.delete(file);
                Files.createDirectory(file);
            }
        }
    }

    static void flip(Path path, long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int octet = file.read();
            file.seek(at);
            file.write(octet ^ 4);
        }
    }

    private static void cut(Path path, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    private static void overwrite(Path path, long at, byte[] octets) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            file.write(octets);
        }
    }
}
