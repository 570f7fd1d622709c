// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

/// Undoes a transfer encoding, piece by piece, without ever refusing its input: what is no code is skipped or kept
/// as the most generous mail program would. Keeps its state between pieces; used by one thread.
sealed interface Decoder {
    /// Decodes one line into `out`, which has room for as many octets as the line has; returns how many it wrote.
    int decode(byte[] line, byte[] out);

    /// 7bit, 8bit, binary, and whatever nobody knows.
    record Identity() implements Decoder {
        @Override
        public int decode(byte[] line, byte[] out) {
            System.arraycopy(line, 0, out, 0, line.length);
            return line.length;
        }
    }

    /// RFC 2045 section 6.8. Goes on behind padding, as some programs do: what follows is decoded as well.
    final class Base64 implements Decoder {
        private int bits;
        private int count;

        @Override
        public int decode(byte[] line, byte[] out) {
            int written = 0;
            for (byte octet : line) {
                int value = value(octet);
                if (value >= 0) {
                    bits = (bits << 6) | value;
                    if (++count % 4 != 1) {
                        int left = 6 - 2 * ((count - 1) % 4);
                        out[written++] = (byte) (bits >> left);
                    }
                } else if (octet == '=') {
                    count = 0;
                }
            }
            return written;
        }

        static int value(int c) {
            if (c >= 'A' && c <= 'Z') {
                return c - 'A';
            }
            if (c >= 'a' && c <= 'z') {
                return c - 'a' + 26;
            }
            if (c >= '0' && c <= '9') {
                return c - '0' + 52;
            }
            return switch (c) {
                case '+' -> 62;
                case '/' -> 63;
                default -> -1;
            };
        }
    }

    /// RFC 2045 section 6.7.
    record QuotedPrintable() implements Decoder {
        @Override
        public int decode(byte[] line, byte[] out) {
            int written = 0;
            for (int i = 0; i < line.length; i++) {
                if (line[i] != '=') {
                    out[written++] = line[i];
                } else if (i + 2 < line.length
                        && FieldValues.hex(line[i + 1]) >= 0
                        && FieldValues.hex(line[i + 2]) >= 0) {
                    out[written++] = (byte) ((FieldValues.hex(line[i + 1]) << 4) | FieldValues.hex(line[i + 2]));
                    i += 2;
                } else if (onlyBlanksFollow(line, i + 1)) {
                    return written; // a soft line break
                } else {
                    out[written++] = line[i];
                }
            }
            return written;
        }

        private static boolean onlyBlanksFollow(byte[] line, int from) {
            for (int i = from; i < line.length; i++) {
                if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r' && line[i] != '\n') {
                    return false;
                }
            }
            return true;
        }
    }

    /// The body of a uuencoded file, without its `begin` line.
    record UuEncode() implements Decoder {
        @Override
        public int decode(byte[] line, byte[] out) {
            if (line.length == 0) {
                return 0;
            }
            int expected = (line[0] - 32) & 0x3f;
            int written = 0;
            for (int i = 1; i + 3 < line.length && written < expected; i += 4) {
                int group = (bits(line[i]) << 18)
                        | (bits(line[i + 1]) << 12)
                        | (bits(line[i + 2]) << 6)
                        | bits(line[i + 3]);
                for (int shift = 16; shift >= 0 && written < expected; shift -= 8) {
                    out[written++] = (byte) (group >> shift);
                }
            }
            return written;
        }

        private static int bits(byte c) {
            return (c - 32) & 0x3f;
        }
    }
}
