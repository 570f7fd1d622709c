// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.deploy.command;

import org.jspecify.annotations.NullMarked;
