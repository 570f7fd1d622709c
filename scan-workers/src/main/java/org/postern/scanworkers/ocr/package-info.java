// SPDX-License-Identifier: Apache-2.0
/// Text in pictures and in the pages of PDFs, read by tesseract, and the phrases in it.
///
/// Security: pictures are decoded by [org.postern.scanworkers.documents]; tesseract gets grey pixels in one
/// plain format through its standard input, no names and no options from mail, and runs niced, with bounds
/// on memory, processor time and files, until its time is over.
///
/// Standards: the portable grey map of Netpbm between the two.
@NullMarked
package org.postern.scanworkers.ocr;

import org.jspecify.annotations.NullMarked;
