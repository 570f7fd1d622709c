// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.directory.ldap;

import org.jspecify.annotations.NullMarked;
