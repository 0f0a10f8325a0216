"""What mail servers say that refuse the sender, in their own words."""

SEND_AS = "5.7.60 SMTP; Client does not have permissions to send as this sender"


MAPI = "5.2.252 SendAsDenied; arshjul@example.se not allowed to send as ekonomi@example.se"


STOREDRV = "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"


ATTRIBUTION = "5.7.64 TenantAttribution; Relay Access Denied"


BAD_SENDER = "5.1.8 Access denied, bad outbound sender AS(42003)"


BASIC_AUTH = "5.7.30 Basic authentication is not supported for Client Submission."
