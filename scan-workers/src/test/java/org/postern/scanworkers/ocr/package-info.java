// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.ocr;

import org.jspecify.annotations.NullMarked;
