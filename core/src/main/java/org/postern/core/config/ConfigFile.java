// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Reads a configuration file into a record.
///
/// Each component of the record is one setting, its key the name in kebab-case. Every problem (unknown keys, missing
/// values, wrong types and units, duplicates, what the records' constructors refuse) is reported at once, in one
/// [ConfigException], each with file and line.
public final class ConfigFile {
    private ConfigFile() {}

    /// Reads a file.
    ///
    /// @param overrides settings of the command line, `farms.mx.deadline=30s`, applied in their order
    public static <C extends Record> C read(Path file, List<String> overrides, Class<C> settings) {
        return parse(file.toString(), folderOf(file), text(file), overrides, settings);
    }

    /// As [#read(Path, List, Class)], from text.
    ///
    /// @param source how messages name it
    /// @param folder where relative paths start
    public static <C extends Record> C parse(
            String source, Path folder, String text, List<String> overrides, Class<C> settings) {
        Problems problems = new Problems();
        Optional<ConfigNode> root = YamlReader.file(source, text, problems);
        if (root.isEmpty()) {
            throw new ConfigException(problems.lines());
        }
        return bind(settings, Overrides.apply(root.get(), overrides, problems), "", folder, problems);
    }

    static <C extends Record> C bind(Class<C> settings, ConfigNode node, String path, Path folder, Problems problems) {
        Optional<C> bound = new Binder(folder, problems).bindRecord(settings, node, path);
        problems.throwIfAny();
        return bound.orElseThrow(() -> new IllegalStateException("no value and no problem"));
    }

    /// The folder in which relative paths of a file start.
    public static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigException(file + ": is a folder; name the file");
            }
            if (Files.size(file) > 4L * YamlReader.CHARACTERS_MAX) {
                throw new ConfigException(file + ": is longer than " + YamlReader.CHARACTERS_MAX + " characters");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    file + ": no such file; name it with --config, or make one with \"postern init\"");
        } catch (AccessDeniedException e) {
            throw new ConfigException(file + ": may not be read by " + System.getProperty("user.name"));
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e);
        }
    }
}
