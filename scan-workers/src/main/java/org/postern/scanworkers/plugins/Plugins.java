// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.plugins;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.FilterFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The jars of the plugin folder and the filters in them. See docs/adr/0025-plugins.md.
///
/// Each jar has a class loader of its own that asks Postern's first, so that it shares Postern's types and cannot
/// replace them; what a jar needs beside that, it names in the Class-Path of its manifest or carries itself.
public final class Plugins implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);
    private static final String SERVICE = "META-INF/services/" + FilterFactory.class.getName();

    private final List<URLClassLoader> loaders = new ArrayList<>();
    private final Map<String, FilterFactory<?>> factories = new HashMap<>();
    private final Map<String, Path> origins = new HashMap<>();

    private Plugins() {}

    /// Loads every `*.jar` right in the folder, in the order of their names; a folder that is not there has none.
    ///
    /// @param builtIn the names that are taken
    /// @throws ConfigException with everything that is wrong with the jars; nothing stays open then
    public static Plugins load(Path folder, List<String> builtIn) {
        Plugins plugins = new Plugins();
        List<String> problems = new ArrayList<>();
        for (Path jar : jars(folder, problems)) {
            try {
                plugins.load(jar, builtIn, problems);
            } catch (IOException e) {
                problems.add(jar + ": this plugin cannot be read (" + e.getMessage() + "); replace or remove it");
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                problems.add(jar + ": this plugin cannot be loaded: " + reason(e));
            }
        }
        if (!problems.isEmpty()) {
            plugins.close();
            throw new ConfigException(problems);
        }
        return plugins;
    }

    private static List<Path> jars(Path folder, List<String> problems) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            problems.add("plugins: the folder " + folder + " cannot be read (" + e + ")");
            return List.of();
        }
    }

    @SuppressWarnings("rawtypes") // a service has no type parameters
    private void load(Path jar, List<String> builtIn, List<String> problems) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getEntry(SERVICE) == null) {
                problems.add(jar + ": no filter is in it, for " + SERVICE
                        + " is missing; a library belongs into a folder below, named by the Class-Path of the plugin");
                return;
            }
        }
        URLClassLoader loader =
                new URLClassLoader(jar.toString(), new URL[] {jar.toUri().toURL()}, Plugins.class.getClassLoader());
        loaders.add(loader);
        for (FilterFactory factory : ServiceLoader.load(FilterFactory.class, loader)) {
            add(jar, factory, builtIn, problems);
        }
    }

    private void add(Path jar, FilterFactory<?> factory, List<String> builtIn, List<String> problems) {
        String name = factory.name();
        if (!name.matches("[a-z][a-z0-9-]{0,39}")) {
            problems.add(jar + ": a filter is called \"" + name + "\"; a name is 1 to 40 of a-z, 0-9 and \"-\"");
        } else if (builtIn.contains(name)) {
            problems.add(jar + ": its filter \"" + name + "\" is called like one of Postern's; give it another name");
        } else if (factories.containsKey(name)) {
            problems.add(jar + ": its filter \"" + name + "\" is in " + origins.get(name) + " already; remove one");
        } else if (!factory.settings().isRecord()) {
            problems.add(jar + ": the settings of the filter \"" + name + "\" are no record");
        } else {
            factories.put(name, factory);
            origins.put(name, jar);
        }
    }

    private static String reason(Throwable failure) {
        return switch (failure.getCause() == null ? failure : failure.getCause()) {
            case UnsupportedClassVersionError e -> "it was compiled for a newer Java: " + e.getMessage();
            case NoClassDefFoundError e -> "a class it needs is not there: " + e.getMessage();
            default -> failure + (failure.getCause() == null ? "" : ": " + failure.getCause());
        };
    }

    /// The filters that were found.
    public List<FilterFactory<?>> factories() {
        return List.copyOf(factories.values());
    }

    /// To be closed after the filters.
    @Override
    public void close() {
        for (URLClassLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException e) {
                LOG.debug("{} cannot be closed", loader.getName(), e);
            }
        }
    }
}
