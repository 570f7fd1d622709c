// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.mailauth.arc;

import org.jspecify.annotations.NullMarked;
