// SPDX-License-Identifier: Apache-2.0
/// What a filter is, what it may say of a mail, and how a farm turns that into one verdict.
///
/// Security: a filter reads hostile content. It answers with findings or with "no verdict"; only the policy of
/// the farm decides, and the decision is a pure function of the results.
///
/// Standards: none of its own.
@NullMarked
package org.postern.core.filter;

import org.jspecify.annotations.NullMarked;
