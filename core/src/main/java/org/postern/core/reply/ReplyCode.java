// SPDX-License-Identifier: Apache-2.0
package org.postern.core.reply;

/// The three-digit reply codes Postern uses. RFC 5321 section 4.2.3, RFC 4954 section 6, RFC 7504.
public enum ReplyCode {
    SYSTEM_STATUS_211(211),
    HELP_214(214),
    SERVICE_READY_220(220),
    CLOSING_221(221),
    AUTHENTICATION_SUCCEEDED_235(235),
    COMPLETED_250(250),
    CANNOT_VERIFY_252(252),
    AUTHENTICATION_CONTINUES_334(334),
    /// Replies for each recipient follow. draft-hall-prdr
    RECIPIENT_REPLIES_353(353),
    START_MAIL_INPUT_354(354),
    /// The service is not available and the connection closes after this reply.
    SERVICE_NOT_AVAILABLE_421(421),
    MAILBOX_BUSY_450(450),
    /// A local error: also the answer to every failure nobody foresaw. Trying again later may succeed.
    LOCAL_ERROR_451(451),
    INSUFFICIENT_STORAGE_452(452),
    TEMPORARY_AUTHENTICATION_FAILURE_454(454),
    CANNOT_ACCOMMODATE_PARAMETERS_455(455),
    SYNTAX_ERROR_500(500),
    ARGUMENT_SYNTAX_ERROR_501(501),
    COMMAND_NOT_IMPLEMENTED_502(502),
    BAD_SEQUENCE_503(503),
    PARAMETER_NOT_IMPLEMENTED_504(504),
    AUTHENTICATION_REQUIRED_530(530),
    AUTHENTICATION_INVALID_535(535),
    ENCRYPTION_REQUIRED_538(538),
    MAILBOX_UNAVAILABLE_550(550),
    USER_NOT_LOCAL_551(551),
    EXCEEDED_STORAGE_552(552),
    MAILBOX_NAME_NOT_ALLOWED_553(553),
    TRANSACTION_FAILED_554(554),
    PARAMETERS_NOT_RECOGNIZED_555(555);

    private final int number;

    ReplyCode(int number) {
        this.number = number;
    }

    /// The three digits. RFC 5321 section 4.2.
    public int number() {
        return number;
    }

    /// 4yz: the same command may succeed later.
    public boolean isTransient() {
        return number / 100 == 4;
    }

    /// 5yz: the same command will fail again.
    public boolean isPermanent() {
        return number / 100 == 5;
    }
}
