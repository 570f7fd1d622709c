// SPDX-License-Identifier: Apache-2.0
/// The configuration file as a whole, composed of the records of its parts.
///
/// Security: the file is the administrator's and is checked as a whole before anything starts.
///
/// Standards: none.
@NullMarked
package org.postern.deploy.config;

import org.jspecify.annotations.NullMarked;
