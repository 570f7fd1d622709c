// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The picture formats that are read, told by their first octets.
enum PictureKind {
    PNG,
    JPEG,
    GIF,
    BMP,
    TIFF,
    WEBP;

    static Optional<PictureKind> of(byte[] head) {
        String start = new String(head, 0, Math.min(16, head.length), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n")) {
            return Optional.of(PNG);
        }
        if (start.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (start.startsWith("GIF8")) {
            return Optional.of(GIF);
        }
        if (start.startsWith("BM") && head.length > 26 && head[15] == 0 && head[16] == 0) {
            return Optional.of(BMP);
        }
        if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
            return Optional.of(TIFF);
        }
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return Optional.of(WEBP);
        }
        return Optional.empty();
    }
}
