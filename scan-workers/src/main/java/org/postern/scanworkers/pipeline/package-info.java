// SPDX-License-Identifier: Apache-2.0
/// Runs all filters of a farm on one mail, under one deadline, and lets the farm's policy judge what they said.
///
/// Security: filters read hostile mail and may hang, throw or loop. Each runs on a thread of its own, has a bounded
/// number of places, and is never waited for beyond the deadline; whatever goes wrong is `NoVerdict`, never "clean".
///
/// Standards: none of its own.
@NullMarked
package org.postern.scanworkers.pipeline;

import org.jspecify.annotations.NullMarked;
