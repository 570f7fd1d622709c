// SPDX-License-Identifier: Apache-2.0
/// PDFs and pictures, read by a process of its own: their links, text and codes, and their pages as grey pictures.
///
/// Security: hostile documents are decoded only in a child JVM with a small heap, without network use and without
/// anything of the server in it. It is killed when a document takes too long, and ends by itself when one takes too
/// much memory. What it answers is bounded again by whoever reads it.
///
/// Standards: ISO 32000-1 (PDF), ISO/IEC 18004 (QR), 16022 (Data Matrix), 24778 (Aztec); PNG, JPEG, GIF, BMP, TIFF,
/// WebP.
@NullMarked
package org.postern.scanworkers.documents;

import org.jspecify.annotations.NullMarked;
