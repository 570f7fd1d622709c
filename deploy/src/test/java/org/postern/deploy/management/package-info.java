// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.deploy.management;

import org.jspecify.annotations.NullMarked;
