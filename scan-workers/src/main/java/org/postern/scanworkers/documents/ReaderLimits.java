// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.time.Duration;
import org.postern.core.limits.ByteSize;

/// The bounds of reading documents. They are no settings: each follows from the heap of the process that reads.
final class ReaderLimits {
    /// Enough for a picture of [#PIXELS] with four octets a pixel, its grey copy, and a PDF of [#OCTETS].
    static final ByteSize HEAP = ByteSize.ofMiB(384);
    /// What a JVM takes beside its heap: classes, compiled code, stacks, its own data. An upper estimate.
    static final ByteSize BESIDE_HEAP = ByteSize.ofMiB(128);
    /// The largest document.
    static final ByteSize OCTETS = ByteSize.ofMiB(32);
    /// The largest picture or page that is decoded, told by its header.
    static final long PIXELS = 30_000_000;
    /// The longest side of one.
    static final int SIDE = 32_000;
    /// What pictures are scaled down to.
    static final int GREY_PIXELS = 5_000_000;
    /// What pictures are scaled down to when only codes are looked for.
    static final int CODE_PIXELS = 1_500_000;
    /// Pages of a PDF whose text and links are read.
    static final int PAGES = 50;
    /// Pages of a PDF, and frames or pages of a picture, that are looked at as pictures.
    static final int PICTURES = 6;
    /// Frames of an animation that are composed.
    static final int FRAMES = 60;
    /// Pixels that are painted to compose them: few octets can stand for many large frames.
    static final long PAINTED = 5 * PIXELS;
    /// Characters of text.
    static final int TEXT = 256 * 1024;
    /// Links and codes, each of at most [#LINK_TEXT] characters.
    static final int LINKS = 1_000;

    static final int LINK_TEXT = 4_000;
    /// The longest time for one document.
    static final Duration TIME = Duration.ofSeconds(15);
    /// The most of the processor that one document may take: an honest one takes a fraction of it.
    static final Duration PROCESSOR_TIME = Duration.ofSeconds(10);
    /// After that many documents a process is replaced.
    static final int DOCUMENTS = 1_000;

    private ReaderLimits() {}

    /// How many processes there are: one for every two processors.
    static int processes() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
    }
}
