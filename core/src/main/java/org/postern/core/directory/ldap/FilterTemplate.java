// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static java.util.Objects.requireNonNull;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.Arrays;
import java.util.Map;

/// A search filter with places for values. The filter is parsed once, without the values; they are put into the parsed
/// form and can therefore never become part of its structure. RFC 4515.
final class FilterTemplate {
    private final Filter shape;

    private FilterTemplate(Filter shape) {
        this.shape = shape;
    }

    /// Parses a filter; throws `IllegalArgumentException` where it is none, or has none of the places (if any are
    /// asked for).
    static FilterTemplate parse(String setting, String text, String... places) {
        // A place may stand in values only; braces in an attribute's name are refused by the parser below.
        if (places.length > 0 && Arrays.stream(places).noneMatch(text::contains)) {
            throw new IllegalArgumentException(
                    setting + ": the filter " + text + " has no " + String.join(" or ", places) + " in it");
        }
        try {
            return new FilterTemplate(Filter.create(text));
        } catch (LDAPException e) {
            throw new IllegalArgumentException(setting + ": " + text + " is not an LDAP filter: " + e.getMessage(), e);
        }
    }

    /// The filter with these values, each key such as `{address}`.
    Filter with(Map<String, String> values) {
        return fill(shape, values);
    }

    private static Filter fill(Filter filter, Map<String, String> values) {
        return switch (filter.getFilterType()) {
            case Filter.FILTER_TYPE_AND -> Filter.createANDFilter(fillAll(filter, values));
            case Filter.FILTER_TYPE_OR -> Filter.createORFilter(fillAll(filter, values));
            case Filter.FILTER_TYPE_NOT ->
                Filter.createNOTFilter(fill(requireNonNull(filter.getNOTComponent()), values));
            case Filter.FILTER_TYPE_EQUALITY -> Filter.createEqualityFilter(attribute(filter), value(filter, values));
            case Filter.FILTER_TYPE_GREATER_OR_EQUAL ->
                Filter.createGreaterOrEqualFilter(attribute(filter), value(filter, values));
            case Filter.FILTER_TYPE_LESS_OR_EQUAL ->
                Filter.createLessOrEqualFilter(attribute(filter), value(filter, values));
            case Filter.FILTER_TYPE_APPROXIMATE_MATCH ->
                Filter.createApproximateMatchFilter(attribute(filter), value(filter, values));
            case Filter.FILTER_TYPE_EXTENSIBLE_MATCH ->
                Filter.createExtensibleMatchFilter(
                        filter.getAttributeName(),
                        filter.getMatchingRuleID(),
                        filter.getDNAttributes(),
                        value(filter, values));
            case Filter.FILTER_TYPE_SUBSTRING ->
                Filter.createSubstringFilter(
                        attribute(filter),
                        filter.getSubInitialString() == null ? null : fill(filter.getSubInitialString(), values),
                        Arrays.stream(filter.getSubAnyStrings())
                                .map(each -> fill(each, values))
                                .toArray(String[]::new),
                        filter.getSubFinalString() == null ? null : fill(filter.getSubFinalString(), values));
            default -> filter;
        };
    }

    // The parts that a kind of filter has are never null, though the library cannot say so.
    private static String attribute(Filter filter) {
        return requireNonNull(filter.getAttributeName());
    }

    private static String value(Filter filter, Map<String, String> values) {
        return fill(requireNonNull(filter.getAssertionValue()), values);
    }

    private static Filter[] fillAll(Filter filter, Map<String, String> values) {
        return Arrays.stream(filter.getComponents())
                .map(each -> fill(each, values))
                .toArray(Filter[]::new);
    }

    /// One pass from left to right: a value that looks like a place is not filled again.
    private static String fill(String value, Map<String, String> values) {
        StringBuilder filled = new StringBuilder();
        int at = 0;
        while (at < value.length()) {
            int from = at;
            var place = values.entrySet().stream()
                    .filter(each -> value.startsWith(each.getKey(), from))
                    .findFirst();
            if (place.isPresent()) {
                filled.append(place.get().getValue());
                at += place.get().getKey().length();
            } else {
                filled.append(value.charAt(at++));
            }
        }
        return filled.toString();
    }

    @Override
    public String toString() {
        return shape.toString();
    }
}
