// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.FieldValues;

/// What rules look at in one mail.
///
/// @param body the text, HTML without tags
/// @param html the HTML as it stands
/// @param content the content phrases that were found
record MailText(MailTransaction mail, Rule.Text body, Rule.Text html, Set<String> content) {
    MailText {
        content = Set.copyOf(new HashSet<>(content));
    }

    Optional<String> evidence(Rule rule) {
        return switch (rule.target()) {
            case BODY -> rule.test().evidence(body);
            case HTML -> rule.test().evidence(html);
            case SUBJECT -> inFields("subject", rule);
            case HEADER ->
                rule.headerField().isPresent() ? inFields(rule.headerField().get(), rule) : inAllFields(rule);
            case SENDER ->
                rule.test().evidence(Rule.Text.of(mail.envelope().reversePath().toString()));
            case RECIPIENT ->
                first(
                        mail.envelope().recipients().stream()
                                .map(Object::toString)
                                .toList(),
                        rule);
            case HELO -> rule.test().evidence(Rule.Text.of(mail.client().helo()));
            case CONTENT -> inContent(rule);
        };
    }

    private Optional<String> inFields(String name, Rule rule) {
        return first(
                mail.header().fields().stream()
                        .filter(field -> FieldValues.canonicalName(field).equals(name))
                        .map(field -> FieldValues.decodeWords(field.value()))
                        .toList(),
                rule);
    }

    private Optional<String> inAllFields(Rule rule) {
        return first(mail.header().fields().stream().map(MailText::line).toList(), rule);
    }

    private static String line(HeaderField field) {
        return field.name() + ": " + FieldValues.decodeWords(field.value());
    }

    private static Optional<String> first(List<String> texts, Rule rule) {
        return texts.stream()
                .map(text -> rule.test().evidence(Rule.Text.of(text)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> inContent(Rule rule) {
        return switch (rule.test()) {
            case Rule.Phrases phrases -> {
                long found =
                        phrases.phrases().stream().filter(content::contains).count();
                yield found >= phrases.atLeast() ? Optional.of(rule.description()) : Optional.empty();
            }
            case Rule.Expression ignored -> Optional.empty();
        };
    }
}
