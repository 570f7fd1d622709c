// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a daemon is started with: lines of its configuration, and the way. Every setter returns this object.
///
/// @param <D> the daemon that [#start()] returns
public final class Options<D> {
    private final Function<Options<D>, D> starter;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Optional<Way> way = Optional.empty();

    Options(Function<Options<D>, D> starter) {
        this.starter = starter;
    }

    /// Sets a line of the daemon's configuration; replaces the kit's own value.
    public Options<D> set(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /// Starts it this way, whatever else is configured.
    public Options<D> way(Way wanted) {
        way = Optional.of(wanted);
        return this;
    }

    /// Starts it and returns when it serves.
    public D start() {
        return starter.apply(this);
    }

    Optional<Way> way() {
        return way;
    }

    /// The kit's own settings with the test's on top, each as one line.
    String lines(Map<String, String> own, String separator) {
        Map<String, String> all = new LinkedHashMap<>(own);
        all.putAll(settings);
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) ->
                text.append(name).append(separator).append(value).append('\n'));
        return text.toString();
    }
}
