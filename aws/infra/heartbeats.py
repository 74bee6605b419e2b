"""CloudWatch's alarms on what watches everything else."""

from aws.infra.references import Resources, logical_id, ref
from aws.resources import Heartbeat


def heartbeat_resources(heartbeat: Heartbeat) -> Resources:
    """Silence counts as a breach: a process that is dead reports nothing at all."""
    topic = ref(logical_id(heartbeat.tells))
    return {
        logical_id(heartbeat): {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmDescription": heartbeat.purpose,
                "Namespace": ref("MetricsNamespace"),
                "MetricName": heartbeat.metric,
                "Statistic": "Sum",
                "Period": heartbeat.quiet_s,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "LessThanThreshold",
                "TreatMissingData": "breaching",
                "AlarmActions": [topic],
                "OKActions": [topic],
            },
        }
    }
