"""What the law asks for beside the reports' own days, one subject a module: bolag, the revisorer, money, what is kept."""
