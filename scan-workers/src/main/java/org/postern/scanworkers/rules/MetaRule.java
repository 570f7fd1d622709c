// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

/// A rule over what other rules found.
///
/// @param text the condition as written, which is also the evidence
record MetaRule(String symbol, String description, double score, Condition condition, String text) {}
