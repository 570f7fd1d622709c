// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.mailauth.spf;

import org.jspecify.annotations.NullMarked;
