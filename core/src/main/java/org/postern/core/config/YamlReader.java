// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads one YAML document into [ConfigNode]s from the parser's events, with bounds on size, depth and what aliases
/// unfold to. Used once, by one thread.
final class YamlReader {
    static final int CHARACTERS_MAX = 16 * 1024 * 1024;
    static final int DEPTH_MAX = 40;
    static final int NODES_MAX = 1_000_000;

    private final String source;
    private final int fixedLine;
    private final Problems problems;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private Iterator<Event> events = List.<Event>of().iterator();
    private int nodes;

    /// @param size the nodes it unfolds to, itself included
    /// @param height the levels below and including it
    private record Anchored(ConfigNode node, int size, int height) {}

    /// What a YAML reader cannot go on after.
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Where where;

        Unreadable(Where where, String text) {
            super(text, null, false, false);
            this.where = where;
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    private int height;

    private YamlReader(String source, int fixedLine, Problems problems) {
        this.source = source;
        this.fixedLine = fixedLine;
        this.problems = problems;
    }

    /// Reads a file; what cannot be read is reported, and nothing is returned.
    static Optional<ConfigNode> file(String source, String text, Problems problems) {
        return new YamlReader(source, -1, problems).read(text);
    }

    /// Reads a value that stands in one place, such as a default or an override.
    static Optional<ConfigNode> value(Where where, String text, Problems problems) {
        return new YamlReader(where.source(), where.line(), problems).read(text);
    }

    private Optional<ConfigNode> read(String text) {
        Where start = where(0);
        if (text.length() > CHARACTERS_MAX) {
            problems.add(start, "is longer than " + CHARACTERS_MAX + " characters");
            return Optional.empty();
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setCodePointLimit(CHARACTERS_MAX)
                .build();
        try {
            events = new Parse(settings).parseString(text).iterator();
            expect(Event.ID.StreamStart);
            if (events.next().getEventId() == Event.ID.StreamEnd) {
                return Optional.of(ConfigNode.Mapping.empty(start));
            }
            ConfigNode root = node(events.next(), 1);
            expect(Event.ID.DocumentEnd);
            Event end = events.next();
            if (end.getEventId() != Event.ID.StreamEnd) {
                throw new Unreadable(where(end), "a second document begins here; write one document without \"---\"");
            }
            return Optional.of(root);
        } catch (Unreadable e) {
            problems.add(e.where, e.text());
        } catch (MarkedYamlEngineException e) {
            problems.add(
                    e.getProblemMark().map(mark -> where(mark.getLine())).orElse(start),
                    "not YAML: " + oneLine(e.getProblem()) + columnHint(e));
        } catch (YamlEngineException e) {
            problems.add(start, "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    private static String columnHint(MarkedYamlEngineException e) {
        return e.getProblemMark()
                .map(mark -> " (column " + (mark.getColumn() + 1) + ")")
                .orElse("");
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }

    private void expect(Event.ID id) {
        Event event = events.next();
        if (event.getEventId() != id) {
            throw new IllegalStateException("the YAML parser gave " + event + " instead of " + id);
        }
    }

    private ConfigNode node(Event event, int depth) throws Unreadable {
        count(event, 1);
        if (depth > DEPTH_MAX) {
            throw new Unreadable(where(event), "nested deeper than " + DEPTH_MAX + " levels");
        }
        int before = nodes;
        return switch (event) {
            case ScalarEvent scalar -> {
                height = 1;
                yield anchored(
                        scalar.getAnchor(),
                        new ConfigNode.Scalar(scalar.getValue(), !scalar.isPlain(), where(event)),
                        before);
            }
            case SequenceStartEvent sequence -> anchored(sequence.getAnchor(), sequence(event, depth), before);
            case MappingStartEvent mapping -> anchored(mapping.getAnchor(), mapping(event, depth), before);
            case AliasEvent alias -> alias(alias, depth);
            default -> throw new IllegalStateException("the YAML parser gave " + event);
        };
    }

    private ConfigNode anchored(Optional<Anchor> anchor, ConfigNode node, int before) {
        int size = nodes - before + 1;
        anchor.ifPresent(name -> anchors.put(name, new Anchored(node, size, height)));
        return node;
    }

    private ConfigNode alias(AliasEvent alias, int depth) throws Unreadable {
        Anchored target = anchors.get(alias.getAlias());
        if (target == null) {
            throw new Unreadable(where(alias), "*" + alias.getAlias() + " names no complete value above it");
        }
        count(alias, target.size());
        if (depth + target.height() - 1 > DEPTH_MAX) {
            throw new Unreadable(where(alias), "nested deeper than " + DEPTH_MAX + " levels");
        }
        height = target.height();
        return target.node();
    }

    private ConfigNode.Sequence sequence(Event start, int depth) throws Unreadable {
        List<ConfigNode> items = new ArrayList<>();
        int highest = 0;
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, depth + 1));
            highest = Math.max(highest, height);
        }
        height = highest + 1;
        return new ConfigNode.Sequence(items, where(start));
    }

    private ConfigNode.Mapping mapping(Event start, int depth) throws Unreadable {
        LinkedHashMap<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        int highest = 0;
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw new Unreadable(where(event), "the name of a setting must be a word here");
            }
            ConfigNode value = node(events.next(), depth + 1);
            highest = Math.max(highest, height);
            ConfigNode.Entry earlier = entries.putIfAbsent(key.getValue(), new ConfigNode.Entry(where(key), value));
            if (earlier != null) {
                problems.add(
                        where(key),
                        "\"" + key.getValue() + "\" is set twice; the first one is in line "
                                + earlier.key().line());
            }
        }
        height = highest + 1;
        return new ConfigNode.Mapping(entries, where(start));
    }

    private void count(Event event, int more) throws Unreadable {
        nodes += more;
        if (nodes > NODES_MAX) {
            throw new Unreadable(where(event), "more than " + NODES_MAX + " values, aliases unfolded");
        }
    }

    private Where where(Event event) {
        return where(event.getStartMark().map(mark -> mark.getLine()).orElse(0));
    }

    private Where where(int lineFromZero) {
        return new Where(source, fixedLine >= 0 ? fixedLine : lineFromZero + 1);
    }
}
